import { isIP } from 'node:net'
import { UserError } from '@promptloom/runner/errors'
import { type Environment, secretNamed } from '../environment.ts'

/** A service that the configuration names, and how it may be sent a secret. */
export interface Service {
  /** Its section of the configuration, for messages, e.g. `refine`. */
  readonly section: string
  /** Its address. */
  readonly address: string
  /** Environment variable that the user says holds its key. */
  readonly keyEnv?: string | undefined
  /** Whether the user accepts that the secret goes unencrypted to another machine. */
  readonly plainHttp: boolean
}

/** A secret, if one may be sent, and what to set where the service wants one, or another one. */
export interface Secret {
  readonly value: string | undefined
  readonly advice: string
}

const OPENAI_KEY = 'OPENAI_API_KEY'

/**
 * The key for an OpenAI-compatible endpoint: that of the variable which the configuration names, and else
 * `OPENAI_API_KEY`, which goes to OpenAI's own hosts and to this machine alone: it is worth money, and everybody who has
 * it can spend it.
 *
 * @throws UserError for a variable that is named and not set, and for a key that would go out unencrypted
 */
export function openAiKey(service: Service, from: Environment): Secret {
  const { section, address, keyEnv } = service
  const { hostname } = new URL(address)
  if (keyEnv !== undefined) {
    const value = secretNamed(keyEnv, from)
    if (value) return { value: guarded(value, keyEnv, service), advice: `set ${keyEnv} to a better one` }
    throw new UserError(
      `${section}.keyEnv names the environment variable ${keyEnv}, which is not set; set it to the key of ${address}, or leave ${section}.keyEnv out.`,
    )
  }
  if (!isOpenAi(hostname) && !isThisMachine(hostname)) {
    const advice = `give the name of the environment variable with its key as ${section}.keyEnv (${OPENAI_KEY} goes to OpenAI and to this machine alone)`
    return { value: undefined, advice }
  }
  const value = secretNamed(OPENAI_KEY, from)
  return { value: value && guarded(value, OPENAI_KEY, service), advice: `set ${OPENAI_KEY}, or a better one` }
}

/**
 * The secret of a painter's own variable, such as `COMFYUI_TOKEN`, which is for whatever address the user gave.
 * @throws UserError for a secret that would go out unencrypted
 */
export function painterSecret(variable: string, service: Service, from: Environment): string | undefined {
  const value = secretNamed(variable, from)
  return value && guarded(value, variable, service)
}

function guarded(value: string, variable: string, { section, address, plainHttp }: Service): string {
  const { protocol, hostname } = new URL(address)
  if (protocol === 'https:' || plainHttp || isThisMachine(hostname)) return value
  throw new UserError(
    `${variable} would go to ${address} unencrypted, where everybody on the way can read it; use https, or accept that with ${section}.plainHttp: true.`,
  )
}

/** OpenAI's hosts: `api.openai.com`, and those of its regions, `eu.api.openai.com` and the like. */
function isOpenAi(hostname: string): boolean {
  return /^([a-z0-9-]+\.)?api\.openai\.com$/.test(hostname)
}

/** Names and addresses that never leave this machine (RFC 6761, 6.3; RFC 1122, 3.2.1.3; RFC 4291, 2.5.3). */
function isThisMachine(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    (isIP(hostname) === 4 && hostname.startsWith('127.'))
  )
}
