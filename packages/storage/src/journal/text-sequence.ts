/**
 * JSON texts as one text, as RFC 7464 parts them: no JSON text holds this character as it is.
 * Threads and SQLite take one large text for a fraction of what many small ones cost.
 */
export const joinTexts = (texts: readonly string[]): string => texts.join(SEPARATOR)

/** What `joinTexts` joined. Nothing joined and one empty text look alike: the former gives one empty text. */
export const splitTexts = (joined: string): string[] => joined.split(SEPARATOR)

/** Whether `text` may be joined with others. */
export const isJoinable = (text: string): boolean => !text.includes(SEPARATOR)

const SEPARATOR = '\u001e'
