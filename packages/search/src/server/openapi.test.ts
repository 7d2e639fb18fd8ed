import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openApiDocument } from './openapi.ts'
import { searchEndpoints } from './search-endpoints.ts'

const file = join(import.meta.dirname, '../../openapi.json')

describe('the description of the HTTP API', () => {
  const document = openApiDocument(searchEndpoints)

  it('is the file that others code against (PROMPTLOOM_WRITE_OPENAPI=1 writes it anew)', () => {
    if (process.env.PROMPTLOOM_WRITE_OPENAPI) writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(document)))
  })

  it('resolves every reference', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path as string)
    expect(references.length).toBeGreaterThan(20)
    for (const path of new Set(references)) {
      const target = path.split('/').reduce<unknown>((node, key) => (node as Record<string, unknown>)?.[key], document)
      expect(target, path).toBeDefined()
    }
  })

  it('gives every operation its own name and a documented success', () => {
    const operations = Object.values(document.paths as Record<string, Record<string, Record<string, unknown>>>).flatMap(
      (entry) => Object.values(entry),
    )
    expect(operations).toHaveLength(searchEndpoints.length)
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
    for (const { responses } of operations) expect(responses).toHaveProperty('200')
  })

  it('shows requests as they may be written and answers as they are sent', () => {
    const { schemas } = document.components as { schemas: Record<string, { required?: string[] }> }
    expect(schemas.Question?.required ?? []).toEqual([])
    expect(schemas.Hit?.required).toContain('distance')
  })
})
