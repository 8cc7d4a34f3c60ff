/** The object with what the patch says; what the patch leaves out stays. */
export function patched<T extends object>(object: T, patch: { readonly [K in keyof T]?: T[K] | undefined }): T {
  const said = Object.entries(patch).filter(([, value]) => value !== undefined)
  return { ...object, ...Object.fromEntries(said) }
}
