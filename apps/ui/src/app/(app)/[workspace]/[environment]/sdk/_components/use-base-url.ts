'use client'

import { useSyncExternalStore } from 'react'

/** Where applications find the gateway: the console's server passes its paths on, so it is the address of this page. */
export const useBaseUrl = () => useSyncExternalStore(never, here, nowhere)

const never = () => () => {}
const here = () => `${window.location.origin}/v1`
const nowhere = () => ''
