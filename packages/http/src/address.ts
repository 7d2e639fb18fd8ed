import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** Azure's platform address: publicly routable by its number, yet a metadata service inside every Azure machine. */
const AZURE_PLATFORM = '168.63.129.16'

/** Says which hosts and addresses requests may go to. */
export interface AddressPolicy {
  /** True when the name is on the allow-list, whatever it resolves to. */
  allowsHost(hostname: string): boolean
  /** True for a public unicast address and for those on the allow-list; `address` is an IP literal. */
  allowsAddress(address: string): boolean
}

/**
 * Refuses private, loopback, link-local, metadata, multicast and reserved addresses, IPv4 ones in IPv6 clothes
 * (mapped, NAT64, 6to4, Teredo) included.
 *
 * @param allow exceptions: an IP address, a range (`10.0.0.0/8`), a host name, or `private` for every address.
 * Throws a TypeError for a range that is none.
 */
export function addressPolicy(allow: readonly string[]): AddressPolicy {
  const everything = allow.includes('private')
  const hosts = new Set<string>()
  const ranges: [Address, number][] = []
  for (const entry of allow) {
    if (entry.includes('/')) ranges.push(parseRange(entry))
    else if (ipaddr.isValid(unbracketed(entry))) ranges.push(single(unbracketed(entry)))
    else hosts.add(entry.toLowerCase())
  }
  return {
    allowsHost: (hostname) => everything || hosts.has(hostname.toLowerCase()),
    allowsAddress: (address) => {
      if (everything) return true
      if (!ipaddr.isValid(address)) return false
      const parsed = ipaddr.process(address)
      return (
        isPublic(parsed) || ranges.some(([base, bits]) => base.kind() === parsed.kind() && parsed.match(base, bits))
      )
    },
  }
}

/** The host part of a URL as an IP literal without its brackets, or undefined when it is a name. */
export function addressLiteral(hostname: string): string | undefined {
  const bare = unbracketed(hostname)
  return ipaddr.isValid(bare) ? bare : undefined
}

function isPublic(address: Address): boolean {
  return address.range() === 'unicast' && address.toString() !== AZURE_PLATFORM
}

function parseRange(entry: string): [Address, number] {
  try {
    return ipaddr.parseCIDR(entry)
  } catch (cause) {
    throw new TypeError(`"${entry}" is no address range; write it like 10.0.0.0/8 or fd00::/8.`, { cause })
  }
}

function single(address: string): [Address, number] {
  const parsed = ipaddr.process(address)
  return [parsed, parsed.kind() === 'ipv4' ? 32 : 128]
}

function unbracketed(hostname: string): string {
  return hostname.startsWith('[') && hostname.endsWith(']') ? hostname.slice(1, -1) : hostname
}
