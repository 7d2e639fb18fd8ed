import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Command } from 'commander'
import { readReport, readReports, reportFolder } from '../benchmark/archive.ts'
import { type GateResult, judgeGate, parseGate, VERDICTS } from '../benchmark/gate.ts'
import { comparable } from '../benchmark/headline.ts'
import { markdownReport } from '../benchmark/report/markdown.ts'
import type { Report } from '../benchmark/report/report-schema.ts'
import { type ConfigurationFlags, configurationOptions, loadFor } from '../command-options.ts'

interface ReportFlags extends ConfigurationFlags {
  readonly run?: string
  readonly against?: string
  readonly failIf: readonly string[]
  readonly json?: boolean
  readonly open?: boolean
}

/** Defines `promptloom report`. */
export function define(command: Command): void {
  configurationOptions(command)
    .option('--run <run>', 'the report of that run; default: the latest')
    .option('--against <run>', 'the earlier run to compare with; default: the last comparable one')
    .option('--fail-if <condition>', 'exit with 1 where it holds; may be repeated', collect, [])
    .option('--json', 'print the report as JSON')
    .option('--open', 'open the page in the browser')
    .addHelpText(
      'after',
      `
A condition is a metric, a comparison and a number: recall@10<0.985, p95>80ms, text-to-image.recall<95%. With x the
number is a factor of the earlier run's figure: p95>1.5x. Metrics: recall, strict, p50, p95, p99, mean, max, qps, rows,
short. Without a track, every one whose questions are like the rows must pass. A figure that could not be proven fails.
A track with too few questions for the percentile (20 for p95, 100 for p99) is named as not judged and fails nothing
while another track is judged; where none is, or the median is too slow already, the condition fails.

Examples:
  promptloom report --workspace data/runs/mine --open
  promptloom report --fail-if 'recall@10<0.985' --fail-if 'p95>1.5x'`,
    )
    .action(async (flags: ReportFlags) => {
      process.exitCode = await report(flags)
    })
}

async function report(flags: ReportFlags): Promise<number> {
  const gates = flags.failIf.map(parseGate)
  const { workspace } = await loadFor(flags)
  const now = await readReport(workspace, flags.run)
  const before =
    flags.against === undefined ? await lastComparable(workspace, now) : await readReport(workspace, flags.against)
  if (flags.open) openInBrowser(join(reportFolder(workspace), `${now.run}.html`))
  console.log(flags.json ? JSON.stringify(now, null, 2) : markdownReport(now))
  if (!flags.json) console.error(`The page: ${join(reportFolder(workspace), `${now.run}.html`)}`)
  // What failed comes last, so that it is the last line of a night's log.
  const results = gates.flatMap((gate) => judgeGate(gate, now, before))
  for (const result of results.toSorted((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict)))
    console.error(line(result))
  return results.some(({ verdict }) => verdict === 'failed') ? 1 : 0
}

/** The newest report before this one that was measured with the same engine, machine and model. */
async function lastComparable(workspace: string, now: Report): Promise<Report | undefined> {
  const earlier = (await readReports(workspace)).filter((one) => one.run < now.run)
  return earlier.reverse().find((one) => comparable(one, now) === undefined)
}

function line({ gate, track, verdict, reason }: GateResult): string {
  return `${verdict.toUpperCase()} ${track} ${gate}: ${reason}.`
}

function openInBrowser(path: string): void {
  const [program, ...before] = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] }[process.platform as string] ?? [
    'xdg-open',
  ]
  const child = spawn(program as string, [...before, path], { stdio: 'ignore', detached: true })
  child.on('error', () => console.error(`No browser could be started; open ${path} yourself.`))
  child.unref()
}

function collect(value: string, all: readonly string[]): readonly string[] {
  return [...all, value]
}
