import { expect, it } from 'vitest'
import { allowedMethods } from './allowed-methods.ts'

const methods = allowedMethods([
  { method: 'GET', path: '/openapi.json' },
  { method: 'GET', path: '/api/rows/{id}' },
  { method: 'POST', path: '/api/rows/{id}/rating' },
  { method: 'POST', path: '/api/search' },
  { method: 'GET', path: '/api/search' },
  { method: 'GET', path: '/api/jobs/{id}/pictures/{position}' },
])

it.each([
  ['/openapi.json', 'GET, HEAD'],
  ['/openapiXjson', ''],
  ['/api/search', 'POST, GET, HEAD'],
  ['/api/search/', ''],
  ['/api/rows/a%2Fb', 'GET, HEAD'],
  ['/api/rows/a/b', ''],
  ['/api/rows/', ''],
  ['/api/rows/a/rating', 'POST'],
  ['/api/jobs/1/pictures/2', 'GET, HEAD'],
  ['/elsewhere/api/search', ''],
])('%s is answered for: %s', (path, allowed) => {
  expect(methods(path).join(', ')).toBe(allowed)
})
