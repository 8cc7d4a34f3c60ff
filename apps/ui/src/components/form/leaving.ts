type Guard = (to: string) => void

const guards = new Set<Guard>()

/** Whoever holds something that is not saved is asked before programs lead to another page. Answers how to be forgotten. */
export function guardLeaving(guard: Guard): () => void {
  guards.add(guard)
  return () => guards.delete(guard)
}

/** Goes to a page of the console, unless somebody has to be asked first, who then goes there. */
export function leaveFor(to: string, go: (to: string) => void): void {
  const [guard] = guards
  if (guard && new URL(to, window.location.href).pathname !== window.location.pathname) guard(to)
  else go(to)
}
