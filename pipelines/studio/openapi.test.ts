import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openApiDocument } from '@promptloom/search/server/openapi'
import { describe, expect, it } from 'vitest'
import { studioEndpoints } from './studio-endpoints.ts'

const file = join(import.meta.dirname, '../../packages/studio/openapi.json')

describe('the description of the studio’s HTTP API', () => {
  const document = JSON.parse(JSON.stringify(openApiDocument(studioEndpoints)))

  it('is the file that others code against (PROMPTLOOM_WRITE_OPENAPI=1 writes it anew)', () => {
    if (process.env.PROMPTLOOM_WRITE_OPENAPI) writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(document)
  })

  it('resolves every reference', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path as string)
    for (const path of new Set(references)) {
      const target = path.split('/').reduce<unknown>((node, key) => (node as Record<string, unknown>)?.[key], document)
      expect(target, path).toBeDefined()
    }
    expect(references.length).toBeGreaterThan(60)
  })

  it('gives every operation its own name, and a success', () => {
    const operations = Object.values(document.paths as Record<string, Record<string, Record<string, unknown>>>).flatMap(
      (entry) => Object.values(entry),
    )
    expect(operations).toHaveLength(studioEndpoints.length)
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
    for (const { responses } of operations) {
      expect(Object.keys(responses as object).some((status) => status.startsWith('2'))).toBe(true)
    }
  })

  it('takes nothing by POST but JSON or pictures, so that no form of another page fits', () => {
    for (const entry of Object.values(document.paths as Record<string, Record<string, { requestBody?: object }>>)) {
      if (entry.post) expect(JSON.stringify(entry.post.requestBody)).toContain('application/json')
    }
  })
})
