/** What is to end when this process does. */
const ends = new Set()

process.on('exit', () => {
  for (const end of ends) end()
})

/**
 * Has `end` called when this process exits, so that a test run that dies leaves nothing behind.
 * @param {() => void} end
 * @returns {() => void} makes it forgotten
 */
export function endAtExit(end) {
  ends.add(end)
  return () => void ends.delete(end)
}
