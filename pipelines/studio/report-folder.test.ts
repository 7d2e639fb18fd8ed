import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reportListSchema } from '@promptloom/studio/api/run'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listReports, REPORT_POLICY, readReport } from './report-folder.ts'

let workspace: string
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-reports-'))
  const folder = join(workspace, 'reports')
  await mkdir(join(folder, 'folder.html'), { recursive: true })
  const put = async (name: string, day: number) => {
    await writeFile(join(folder, name), `<p>${name}</p>`)
    await utimes(join(folder, name), new Date(Date.UTC(2026, 0, day)), new Date(Date.UTC(2026, 0, day)))
  }
  await put('old.html', 1)
  await put('latest.html', 3)
  await put('run-2.embed.html', 2)
  await put('.hidden.html', 4)
  await put('numbers.json', 4)
  await put('with space.html', 4)
  await put('page.html.partial', 4)
  await symlink(join(workspace, 'nowhere'), join(folder, 'broken.html'))
  await writeFile(join(workspace, 'secret.html'), 'hidden words')
})
afterAll(() => rm(workspace, { recursive: true, force: true }))

const refusal = (name: string) => readReport(workspace, name).catch((error: unknown) => error)

describe('the reports of a workspace', () => {
  it('are its pages, newest first, and nothing else that lies there', async () => {
    const list = reportListSchema.parse(await listReports(workspace))
    expect(list.reports.map(({ name }) => name)).toEqual(['latest.html', 'run-2.embed.html', 'old.html'])
    expect(list.reports[0]).toEqual({ name: 'latest.html', bytes: 18, modified: '2026-01-03T00:00:00.000Z' })
  })

  it('are none where nothing was ever reported', async () => {
    expect(await listReports(join(workspace, 'nowhere'))).toEqual({ reports: [] })
  })

  it('are read as they are', async () => {
    expect((await readReport(workspace, 'latest.html')).toString()).toBe('<p>latest.html</p>')
  })

  it.each([
    '../secret.html',
    '..%2fsecret.html',
    'reports/latest.html',
    './latest.html',
    '/etc/hosts',
    '.hidden.html',
    'numbers.json',
    'folder.html',
    'broken.html',
    'latest.html\0',
    'latest.htm',
    'toString',
    '',
  ])('are no way to %j', async (name) => {
    expect(await refusal(name)).toMatchObject({ status: 404, code: 'not_found' })
  })

  it('repeat no more of a name than one can read', async () => {
    const { message } = (await refusal(`${'x'.repeat(5_000)}.html`)) as Error
    expect(message.length).toBeLessThan(120)
  })

  it('may run no script, ask nothing of anybody and be in no frame', () => {
    const rules = new Map(REPORT_POLICY.split('; ').map((rule) => rule.split(' ', 1).concat(rule) as [string, string]))
    expect(rules.get('sandbox')).toBe('sandbox')
    expect(rules.get('default-src')).toBe("default-src 'none'")
    expect(rules.get('frame-ancestors')).toBe("frame-ancestors 'none'")
    for (const name of ['script-src', 'connect-src', 'form-action', 'frame-src']) expect(rules.has(name)).toBe(false)
  })
})
