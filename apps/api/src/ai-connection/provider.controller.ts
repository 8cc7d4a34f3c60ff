import { Controller } from '@nestjs/common'
import { providerRoutes as routes } from '@vm-x/contract'
import { Handle } from '../http/handle.ts'
import { presentedProviders } from './providers.ts'

@Controller()
export class ProviderController {
  @Handle(routes.listProviders)
  list() {
    return { items: presentedProviders() }
  }
}
