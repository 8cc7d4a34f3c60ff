import { z } from 'zod'

/** A name that people, policies or clients use. Unique in its parent, ignoring case; `/` is left free for `<connection>/<model>`. */
export const name = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 characters out of A-Z a-z 0-9 . _ -')
