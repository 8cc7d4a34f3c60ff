import { z } from 'zod'

/** What first made an object: a configuration file, variables of the environment, the first start, `vmx`, or the API. */
export const origin = z.enum(['config', 'environment', 'first-start', 'cli', 'api'])
