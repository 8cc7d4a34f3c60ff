/** What a client said: for its provider, and to be kept nowhere. */
export const PROMPT = 'The quick mauve walrus signs at midnight'
