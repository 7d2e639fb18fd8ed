import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { RequestError } from '@promptloom/search/server/request-error'
import type { ReportList } from '@promptloom/studio/api/run'

/** Names that a report's page may have: no folder, nothing hidden. */
const PAGE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,150}\.html$/

/**
 * A report is a page of its own with its styles and plots inside it. It may show these and nothing else: no script,
 * no request, no frame, and an origin of its own, so that it could not reach the studio.
 */
export const REPORT_POLICY =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"

/** The pages in a workspace's `reports/`, newest first. */
export async function listReports(workspace: string): Promise<ReportList> {
  const folder = join(workspace, 'reports')
  const reports: ReportList['reports'] = []
  for (const name of (await readdir(folder).catch(() => [])).filter((one) => PAGE.test(one))) {
    const found = await stat(join(folder, name)).catch(() => undefined)
    if (found?.isFile()) reports.push({ name, bytes: found.size, modified: found.mtime.toISOString() })
  }
  return { reports: reports.sort((a, b) => (a.modified < b.modified ? 1 : -1)) }
}

/** The bytes of one report's page. @throws RequestError 404 for any other name than one that is listed. */
export async function readReport(workspace: string, name: string): Promise<Buffer> {
  const { reports } = await listReports(workspace)
  if (!reports.some((one) => one.name === name)) {
    throw new RequestError(404, 'not_found', `There is no report "${name.slice(0, 60)}".`)
  }
  return readFile(join(workspace, 'reports', name))
}
