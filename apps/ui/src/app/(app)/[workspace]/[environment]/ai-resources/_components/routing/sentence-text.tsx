/** A sentence whose expressions, between backticks, are shown as code. */
export function SentenceText({ text }: { text: string }) {
  return text.split('`').map((part, index) => (index % 2 === 1 ? <code key={part}>{part}</code> : part))
}
