/** What the schemas of providers do not say. */
export const ADDRESS_HINT =
  'What stands before “/chat/completions”, e.g. https://llm.example.com/v1. It must be public, or listed by the operator in UPSTREAM_ALLOW.'
export const KEY_HINT = 'Sealed before it is stored. It is never shown again.'
