import { lookup as dnsLookup, type LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

type Rule = { readonly range: [ipaddr.IPv4 | ipaddr.IPv6, number]; readonly port: number | undefined }

/** The operator's rule refuses the address that a provider's host name stands for. */
export class AddressNotAllowed extends Error {
  override readonly name = 'AddressNotAllowed'
  readonly code = 'address_not_allowed'
}

/** Which addresses providers may be reached at: public ones, and what the operator lists. */
export class UpstreamAddressPolicy {
  readonly #rules: readonly Rule[]

  /** @param allow comma-separated `address[/bits][:port]`, e.g. `127.0.0.1:11434, 10.1.0.0/16:443, [::1]:8000`. Throws on anything else. */
  constructor(allow: string) {
    this.#rules = allow
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
      .map(parseRule)
  }

  /** Whether a connection to this resolved address may be made. Link-local and metadata addresses never may. */
  allows(address: string, port: number): boolean {
    if (isIP(address) === 0) return false
    const ip = ipaddr.process(address)
    if (isNeverAllowed(ip)) return false
    if (isPublic(ip)) return true
    return this.#rules.some((rule) => (rule.port === undefined || rule.port === port) && contains(rule.range, ip))
  }

  /** Throws {@link AddressNotAllowed} when `hostname` is an address and not an allowed one; names are checked when they resolve. */
  checkLiteral(hostname: string, port: number): void {
    const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
    if (isIP(bare) !== 0 && !this.allows(bare, port)) throw refused(bare, port)
  }

  /** A `lookup` for `net.connect` that answers only allowed addresses, on every connect anew: a name can't be re-pointed in between. */
  lookup(port: number): LookupFunction {
    return (hostname, options, callback) => {
      dnsLookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
        if (error) return callback(error, [])
        const allowed = found.filter(({ address }) => this.allows(address, port))
        const [first] = allowed
        if (!first) return callback(refused(hostname, port), [])
        if (options.all) callback(null, allowed)
        else callback(null, first.address, first.family)
      })
    }
  }
}

const refused = (host: string, port: number) =>
  new AddressNotAllowed(`${host}:${port} is not a public address and not in UPSTREAM_ALLOW`)

function parseRule(item: string): Rule {
  const match = /^(?:\[([^\]/]+)\]|([^:[\]/]+))(?:\/(\d{1,3}))?(?::(\d{1,5}))?$/.exec(item)
  const host = match?.[1] ?? match?.[2] ?? ''
  const port = match?.[4] === undefined ? undefined : Number(match[4])
  if (isIP(host) === 0 || (port !== undefined && (port < 1 || port > 65_535))) throw new Error(badRule(item))
  const ip = ipaddr.parse(host)
  const most = ip.kind() === 'ipv4' ? 32 : 128
  const bits = match?.[3] === undefined ? most : Number(match[3])
  if (bits > most) throw new Error(badRule(item))
  return { range: [ip, bits], port }
}

const badRule = (item: string) => `'${item}' is not address[/bits][:port], e.g. 127.0.0.1:11434 or 10.1.0.0/16:443`

const contains = ([base, bits]: Rule['range'], ip: ipaddr.IPv4 | ipaddr.IPv6) =>
  base.kind() === ip.kind() && ip.match(base, bits)

/** Of IPv6 only 2000::/3 is given out; the rest holds forms of inner addresses, such as ::7f00:1. */
const isPublic = (ip: ipaddr.IPv4 | ipaddr.IPv6) =>
  ip.range() === 'unicast' && (ip.kind() === 'ipv4' || contains(GLOBAL_UNICAST, ip))

const GLOBAL_UNICAST: Rule['range'] = [ipaddr.parse('2000::'), 3]

/** Where clouds serve instance credentials, besides link-local addresses. */
const METADATA = new Set(['100.100.100.200', '168.63.129.16', 'fd00:ec2:0:0:0:0:0:254', '192.0.0.192'])

const isNeverAllowed = (ip: ipaddr.IPv4 | ipaddr.IPv6) =>
  ip.range() === 'linkLocal' ||
  ip.range() === 'unspecified' ||
  METADATA.has(ip.toString()) ||
  METADATA.has(ip.toNormalizedString())
