import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDurably } from '@promptloom/runner/disk'
import { UserError } from '@promptloom/runner/errors'
import { type Report, reportSchema } from './report/report-schema.ts'

/** A report in the three forms that people and programs read. */
export interface Rendered {
  readonly html: string
  readonly md: string
  readonly json: string
}

const ENDINGS = ['json', 'md', 'html'] as const

/** Folder of a workspace's reports: `<run>.json`, `.md` and `.html`, and the newest under `latest`. */
export function reportFolder(workspace: string): string {
  return join(workspace, 'reports')
}

/** Keeps a report under its run's name and as the latest; reports beyond the newest `keep` are deleted. */
export async function keepReport(workspace: string, run: string, rendered: Rendered, keep: number): Promise<void> {
  const folder = reportFolder(workspace)
  await mkdir(folder, { recursive: true })
  // The JSON comes last: whoever finds it finds the others.
  for (const name of [run, 'latest']) {
    for (const ending of [...ENDINGS].reverse()) await writeDurably(join(folder, `${name}.${ending}`), rendered[ending])
  }
  for (const old of (await reportNames(workspace)).slice(0, -keep)) {
    for (const ending of ENDINGS) await rm(join(folder, `${old}.${ending}`), { force: true })
  }
}

/** Runs that have a report, oldest first. */
export async function reportNames(workspace: string): Promise<string[]> {
  const names = await readdir(reportFolder(workspace)).catch(() => [])
  return names.flatMap((name) => (/^\d.*\.json$/.test(name) ? [name.slice(0, -'.json'.length)] : [])).sort()
}

/** All readable reports of a workspace, oldest first; ones of another format are passed over. */
export async function readReports(workspace: string): Promise<Report[]> {
  const reports: Report[] = []
  for (const name of await reportNames(workspace)) {
    const report = await read(workspace, name)
    if (report) reports.push(report)
  }
  return reports
}

/**
 * One report: the latest, or that of a run; any beginning of the run's name that is unique will do.
 * @throws UserError where there is none.
 */
export async function readReport(workspace: string, run?: string): Promise<Report> {
  const names = await reportNames(workspace)
  const matching = run === undefined ? names.slice(-1) : names.filter((name) => name.startsWith(run))
  const [name] = matching
  if (name === undefined) {
    throw new UserError(
      run === undefined
        ? `${reportFolder(workspace)} has no report yet; promptloom run makes one in its last stage.`
        : `There is no report of a run "${run}"; there are ${names.slice(-5).join(', ') || 'none'}.`,
    )
  }
  if (matching.length > 1)
    throw new UserError(`"${run}" begins ${matching.length} runs: ${matching.slice(0, 5).join(', ')}; give more of it.`)
  const report = await read(workspace, name)
  if (!report) throw new UserError(`The report of ${name} cannot be read by this version; run the benchmark again.`)
  return report
}

async function read(workspace: string, name: string): Promise<Report | undefined> {
  try {
    const parsed = reportSchema.safeParse(
      JSON.parse(await readFile(join(reportFolder(workspace), `${name}.json`), 'utf8')),
    )
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}
