import type { ASTNode } from '@marcbachmann/cel-js'

/** Texts that a field may hold, as expressions see them. */
const TEXT = 32_768
const LABELS = { chars: 16 * 64, items: 16 }
const LONGEST_NUMBER = 25
const SCALAR: Size = { chars: 1, items: 0 }

/** How much a value can be: characters in all, and elements where it is a list. */
type Size = { readonly chars: number; readonly items: number }
type Variables = Readonly<Record<string, Size>>

/**
 * The most characters that evaluating an expression can go through, whatever the request: of texts as long as they can
 * be, with every comprehension run to its end. Looking for one text in another counts as their product, by eight, which
 * is what the worst texts come to.
 *
 * @param node a checked expression, with its fields replaced by calls of `_request`
 */
export function costOf(node: ASTNode): number {
  return new Cost().of(node)
}

class Cost {
  #chars = 0

  of(node: ASTNode): number {
    this.#size(node, {}, 1)
    return this.#chars
  }

  /** @param times how often it is evaluated */
  #size(node: ASTNode, variables: Variables, times: number): Size {
    const sizes = (nodes: readonly ASTNode[]) => nodes.map((each) => this.#size(each, variables, times))
    switch (node.op) {
      case 'value':
        return { chars: typeof node.args === 'string' ? node.args.length : 1, items: 0 }
      case 'id':
        return variables[node.args] ?? SCALAR
      case 'list': {
        const elements = sizes(node.args)
        return { chars: total(elements), items: elements.length }
      }
      case 'call': {
        const { chars } = this.#spend(sizes(node.args[1]), times)
        return node.args[0] === 'string' ? { chars: chars + LONGEST_NUMBER, items: 0 } : SCALAR
      }
      case 'rcall':
        return this.#method(node.args, variables, times)
      case '?:':
        return widest(sizes(node.args))
      case '!_':
      case '-_':
        return this.#size(node.args, variables, times)
      case '+': {
        const [left, right] = node.args
        return this.#spend(sizes([left, right]), times)
      }
      default: {
        this.#spend(sizes(operandsOf(node)), times)
        return SCALAR
      }
    }
  }

  #method(
    [name, receiver, args]: readonly [string, ASTNode, readonly ASTNode[]],
    variables: Variables,
    times: number,
  ): Size {
    if (receiver.op === 'id' && receiver.args === '_request') {
      if (name === 'list') return LABELS
      return name === 'text' ? { chars: TEXT, items: 0 } : SCALAR
    }
    const value = this.#size(receiver, variables, times)
    const [variable, ...bodies] = args
    if (variable?.op === 'id' && COMPREHENSIONS.has(name)) {
      const element = { chars: value.chars / Math.max(1, value.items), items: 0 }
      const results = bodies.map((body) =>
        this.#size(body, { ...variables, [variable.args]: element }, times * value.items),
      )
      if (name === 'filter') return value
      return name === 'map' ? { chars: value.items * widest(results).chars, items: value.items } : SCALAR
    }
    const given = args.map((arg) => this.#size(arg, variables, times))
    if (name === 'contains') {
      this.#chars += times * value.chars * Math.max(1, total(given) / 8)
      return SCALAR
    }
    this.#spend([value, ...given], times)
    return name === 'lowerAscii' || name === 'upperAscii' ? value : SCALAR
  }

  /** Goes through all of them once. */
  #spend(of: readonly Size[], times: number): Size {
    const chars = total(of)
    this.#chars += times * chars
    return { chars, items: of.reduce((sum, { items }) => sum + items, 0) }
  }
}

const COMPREHENSIONS = new Set(['all', 'exists', 'exists_one', 'filter', 'map'])

const total = (sizes: readonly Size[]) => sizes.reduce((sum, { chars }) => sum + chars, 0)
const widest = (sizes: readonly Size[]): Size => ({
  chars: Math.max(1, ...sizes.map(({ chars }) => chars)),
  items: Math.max(0, ...sizes.map(({ items }) => items)),
})

function operandsOf({ args }: ASTNode): readonly ASTNode[] {
  const all: readonly unknown[] = Array.isArray(args) ? args : [args]
  return all.filter((child): child is ASTNode => typeof child === 'object' && child !== null && 'op' in child)
}
