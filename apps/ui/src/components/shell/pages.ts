import type { SvgIconComponent } from '@mui/icons-material'
import AltRouteIcon from '@mui/icons-material/AltRoute'
import BarChartIcon from '@mui/icons-material/BarChart'
import CodeIcon from '@mui/icons-material/Code'
import ForumIcon from '@mui/icons-material/ForumOutlined'
import GroupIcon from '@mui/icons-material/GroupOutlined'
import HistoryIcon from '@mui/icons-material/History'
import HubIcon from '@mui/icons-material/HubOutlined'
import KeyIcon from '@mui/icons-material/KeyOutlined'
import ManageSearchIcon from '@mui/icons-material/ManageSearch'
import PolicyIcon from '@mui/icons-material/PolicyOutlined'
import RocketIcon from '@mui/icons-material/RocketLaunchOutlined'
import SettingsIcon from '@mui/icons-material/SettingsOutlined'
import WorkspacesIcon from '@mui/icons-material/WorkspacesOutlined'
import type { Operation } from '@/client/permissions'

export type Page = {
  readonly label: string
  /** Below where its section begins. */
  readonly path: string
  readonly icon: SvgIconComponent
  /** The page is left out for who may not call it. */
  readonly needs?: Operation
}

export const ENVIRONMENT_PAGES: readonly Page[] = [
  { label: 'Getting started', path: '/getting-started', icon: RocketIcon },
  { label: 'Playground', path: '/playground', icon: ForumIcon, needs: 'listAiResources' },
  { label: 'AI resources', path: '/ai-resources', icon: AltRouteIcon, needs: 'listAiResources' },
  { label: 'AI connections', path: '/ai-connections', icon: HubIcon, needs: 'listAiConnections' },
  { label: 'API keys', path: '/api-keys', icon: KeyIcon, needs: 'listApiKeys' },
  { label: 'Usage', path: '/usage', icon: BarChartIcon, needs: 'queryUsage' },
  { label: 'Audit', path: '/audit', icon: ManageSearchIcon, needs: 'listAudit' },
  { label: 'SDKs', path: '/sdk', icon: CodeIcon },
]

export const WORKSPACE_PAGES: readonly Page[] = [
  { label: 'Workspace settings', path: '/settings', icon: SettingsIcon, needs: 'getWorkspace' },
]

export const INSTALLATION_PAGES: readonly Page[] = [
  { label: 'Workspaces', path: '/workspaces', icon: WorkspacesIcon },
  { label: 'Users', path: '/users', icon: GroupIcon, needs: 'listUsers' },
  { label: 'Roles', path: '/roles', icon: PolicyIcon, needs: 'listRoles' },
  { label: 'Changes', path: '/changes', icon: HistoryIcon, needs: 'listAuditEvents' },
]
