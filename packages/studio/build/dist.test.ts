import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type BuildRecord, digests, filesOf, RECORD, versionsOf } from './record.ts'

const root = resolve(import.meta.dirname, '..')
const dist = join(root, 'dist')
const record = JSON.parse(readFileSync(join(dist, RECORD), 'utf8')) as BuildRecord
const paths = filesOf(dist, '').map((path) => path.replaceAll('\\', '/'))

describe('the page that was built ahead', () => {
  it('was built from the present sources ("npm run build -w packages/studio" builds it anew)', () => {
    expect(Object.keys(record.sources).length).toBeGreaterThan(60)
    expect(digests(root, Object.keys(record.sources))).toEqual(record.sources)
    expect(versionsOf(root)).toEqual(record.versions)
  })

  it('consists of what the build wrote', () => {
    expect(paths.filter((path) => path !== RECORD).sort()).toEqual(Object.keys(record.files).sort())
    expect(digests(dist, Object.keys(record.files))).toEqual(record.files)
  })

  it('sends less than 60 kB of packed JavaScript in all but the map, and less than 200 kB with it', () => {
    const sizes = paths
      .filter((path) => path.endsWith('.js'))
      .map((path) => ({ path, bytes: gzipSync(readFileSync(join(dist, path))).length }))
    const total = (list: typeof sizes) => list.reduce((sum, { bytes }) => sum + bytes, 0)
    expect(total(sizes.filter(({ path }) => !/map/.test(path)))).toBeLessThan(60_000)
    expect(total(sizes)).toBeLessThan(200_000)
  })

  it('asks nothing of other sites, and runs under a policy without inline scripts and styles', () => {
    const html = readFileSync(join(dist, 'index.html'), 'utf8')
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/)
    expect(html).not.toMatch(/<style|style=|\son\w+=/)
    for (const [, target] of html.matchAll(/(?:src|href)="([^"]+)"/g)) expect(target).toMatch(/^\/[^/]/)
    for (const path of paths.filter((each) => each.endsWith('.css'))) {
      expect(readFileSync(join(dist, path), 'utf8')).not.toMatch(/@import|url\((?!["']?data:)|https?:/)
    }
    for (const path of paths.filter((each) => each.endsWith('.js'))) {
      const addresses = readFileSync(join(dist, path), 'utf8').match(/https?:\/\/[\w.-]+/g) ?? []
      expect(addresses.filter((address) => address !== 'http://www.w3.org')).toEqual([])
    }
  })
})
