import Skeleton from '@mui/material/Skeleton'

/** In the place of a tab that is on its way. */
export const TabPlaceholder = () => <Skeleton variant="rounded" height={320} />
