import type { Control } from 'react-hook-form'
import type { AiConnection, Provider } from '@/client/queries'
import type { ConnectionValues } from './connection-values'

/** What each tab of a connection's form is given. */
export type TabProps = {
  readonly connection: AiConnection
  readonly provider: Provider | undefined
  readonly control: Control<ConnectionValues>
  readonly disabled: boolean
}
