import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Addresses and CIDR ranges, compiled to be asked with each request. IPv4-mapped IPv6 addresses count as IPv4. */
export class AddressRanges {
  readonly #ranges: readonly Range[]

  /** @param texts what is neither an address nor a range holds nothing */
  constructor(texts: readonly string[]) {
    this.#ranges = texts.map(parseRange).filter((range) => range !== undefined)
  }

  includes(address: string): boolean {
    // Stricter than ipaddr.js, which takes 127.1 for an address too.
    if (isIP(address) === 0) return false
    const ip = ipaddr.process(address)
    return this.#ranges.some(([base, bits]) => base.kind() === ip.kind() && ip.match(base, bits))
  }
}

/** The one spelling of an address or range, without host bits. Undefined for what is neither, or names a zone. */
export function normalisedRange(text: string): string | undefined {
  const range = text.includes('%') ? undefined : parseRange(text)
  if (!range) return undefined
  const [base, bits] = range
  const isV4 = base.kind() === 'ipv4'
  if (bits === (isV4 ? 32 : 128)) return base.toString()
  const network = (isV4 ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(`${base}/${bits}`)
  return `${network}/${bits}`
}

type Range = [base: ipaddr.IPv4 | ipaddr.IPv6, bits: number]

function parseRange(text: string): Range | undefined {
  const [address = '', suffix, ...rest] = text.split('/')
  if (isIP(address) === 0 || rest.length > 0) return undefined
  const base = ipaddr.parse(address)
  const most = base.kind() === 'ipv4' ? 32 : 128
  const bits = suffix === undefined ? most : /^\d{1,3}$/.test(suffix) ? Number(suffix) : Infinity
  if (bits > most) return undefined
  if (base instanceof ipaddr.IPv6 && base.isIPv4MappedAddress() && bits >= MAPPED_BITS)
    return [base.toIPv4Address(), bits - MAPPED_BITS]
  return [base, bits]
}

/** What mapped addresses have before those of IPv4: https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.2 */
const MAPPED_BITS = 96
