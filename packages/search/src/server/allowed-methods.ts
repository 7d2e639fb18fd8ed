import type { Endpoint } from './endpoint.ts'

/** Finds the methods that a path is answered for, as the header `Allow` lists them; empty where it is none of ours. */
export function allowedMethods(endpoints: readonly Pick<Endpoint, 'method' | 'path'>[]): (path: string) => string[] {
  const known = endpoints.map(({ method, path }) => ({ method, pattern: patternOf(path) }))
  return (path) => {
    const methods = known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)
    // Whatever can be read can be asked about (RFC 9110, section 9.3.2).
    return [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))]
  }
}

function patternOf(path: string): RegExp {
  const parts = path.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^/]+')}$`)
}
