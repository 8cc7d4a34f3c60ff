/**
 * Takes a stream of server-sent events apart as it arrives, wherever it is cut. Each call answers with the `data` of the
 * events that are complete by now: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function serverSentEvents(): (text: string) => string[] {
  let rest = ''
  let data: string[] = []
  return (text) => {
    rest += text
    const complete: string[] = []
    // A CR at the end may be the first half of CR LF: what follows decides.
    for (let end = LINE_END.exec(rest); end; end = LINE_END.exec(rest)) {
      const line = rest.slice(0, end.index)
      rest = rest.slice(end.index + end[0].length)
      if (line !== '') {
        const value = DATA.exec(line)
        if (value) data.push(value[1] ?? '')
        continue
      }
      if (data.length > 0) complete.push(data.join('\n'))
      data = []
    }
    return complete
  }
}

const LINE_END = /\r\n|\n|\r(?!$)/
const DATA = /^data(?:: ?(.*))?$/s
