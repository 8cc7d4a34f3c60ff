/** Of the form that connects a provider, so that nothing moves when it comes. */
export const FORM_HEIGHT = 264
