'use client'

import Skeleton from '@mui/material/Skeleton'
import dynamic from 'next/dynamic'

/** The same, loaded when a tab shows it: the page itself stays small. */
export const TargetPicker = dynamic(() => import('@/components/target-picker').then((module) => module.TargetPicker), {
  ssr: false,
  loading: () => <Skeleton variant="rounded" height={64} />,
})
