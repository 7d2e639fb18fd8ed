import { isIP, type LookupFunction, type Socket } from 'node:net'
import { buildConnector } from 'undici'
import { type AddressPolicy, addressLiteral } from './address.ts'
import { asFailure, RequestFailure } from './failure.ts'
import type { Resolve } from './resolver.ts'

/** What a guarded connection needs to know. */
export interface ConnectorOptions {
  readonly policy: AddressPolicy
  readonly resolve: Resolve
  /** Milliseconds until a connection, TLS included, must stand. */
  readonly timeoutMs: number
}

/**
 * A connector for undici that opens no socket to an address the policy refuses. It checks three times, since each
 * check alone can be got round: IP literals (which skip name resolution) before connecting, every resolved address,
 * and the address the socket ended up at (a name may resolve differently a moment later).
 */
export function guardedConnector(options: ConnectorOptions): buildConnector.connector {
  const { policy } = options
  const connect = buildConnector({ timeout: options.timeoutMs, lookup: guardedLookup(options), autoSelectFamily: true })
  return (target, callback) => {
    const literal = addressLiteral(target.hostname)
    if (literal !== undefined && !policy.allowsHost(target.hostname) && !policy.allowsAddress(literal)) {
      queueMicrotask(() => callback(blocked(target.hostname, literal), null))
      return
    }
    connect(target, (...result) => {
      const [error, socket] = result
      if (error !== null) return callback(error, null)
      const reached = (socket as Socket).remoteAddress
      if (!policy.allowsHost(target.hostname) && (reached === undefined || !policy.allowsAddress(reached))) {
        socket.destroy()
        return callback(blocked(target.hostname, reached ?? 'an unknown address'), null)
      }
      return callback(null, socket)
    })
  }
}

/** Name resolution may take this long, and never so long that the connection's own limit would hide its failure. */
const LONGEST_LOOKUP_MS = 5_000

/** A `lookup` for net.connect that leaves out refused addresses, and fails when none is left. */
function guardedLookup({ policy, resolve, timeoutMs }: ConnectorOptions): LookupFunction {
  const limitMs = Math.min(LONGEST_LOOKUP_MS, timeoutMs * 0.8)
  return (hostname, lookupOptions, callback) => {
    find().then(
      (found) => {
        const first = found[0]
        if (first === undefined) callback(blocked(hostname, 'addresses that are not public'), '', 4)
        else if (lookupOptions.all) callback(null, [...found])
        else callback(null, first.address, first.family)
      },
      (error) => callback(asDnsFailure(error, hostname), '', 4),
    )

    async function find() {
      const all = await inTime(resolve(hostname), hostname, limitMs)
      if (policy.allowsHost(hostname)) return all
      return all.filter(({ address }) => isIP(address) !== 0 && policy.allowsAddress(address))
    }
  }
}

function inTime<T>(lookup: Promise<T>, hostname: string, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const message = `No name server told the address of ${hostname} within ${limitMs} ms.`
    const timer = setTimeout(() => reject(new RequestFailure('dns', message, { url: hostname })), limitMs)
    lookup.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** Node's `lookup` callback is typed for errno errors; undici hands ours on as it is. */
function blocked(hostname: string, where: string): RequestFailure {
  return new RequestFailure(
    'blocked_address',
    `${hostname} leads to ${where}; requests into private networks are refused unless the allow-list names them.`,
    { url: hostname },
  )
}

function asDnsFailure(error: unknown, hostname: string): Error {
  const failure = asFailure(error, hostname)
  if (failure.kind === 'dns') return failure
  return new RequestFailure('dns', `${hostname} can't be resolved: ${failure.message}`, { url: hostname, cause: error })
}
