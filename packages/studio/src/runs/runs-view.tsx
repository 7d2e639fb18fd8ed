import type { JSX } from 'preact'
import { useCallback, useEffect, useState } from 'preact/hooks'
import type { PipelineStand, ReportList, Run } from '../api/run.ts'
import { readPipeline, readReports, readRuns, reportOf } from '../api/runs.ts'
import { bytesOf, momentOf } from '../interface/amounts.ts'
import { Failed } from '../interface/failed.tsx'
import { Icon } from '../interface/icon.tsx'
import { place } from '../navigation.ts'
import '../styles/runs.css'
import { LivePanel } from './live-panel.tsx'
import { RunHistory } from './run-list.tsx'
import { StageCards } from './stage-cards.tsx'
import { useLiveRun } from './use-live-run.ts'

interface OnRecord {
  readonly stand: PipelineStand
  readonly runs: readonly Run[]
  readonly reports: ReportList['reports']
}

/** The runs of the pipeline: what goes on, where every stage stands, what has been, and the reports. */
export function RunsView(): JSX.Element {
  const { record, failure, refresh } = useRecord()
  const live = useLiveRun(refresh)
  const [, opened] = /^\/runs\/([^/]+)$/.exec(place.value.path) ?? []
  useEffect(() => {
    document.title = 'Runs · Promptloom'
  }, [])
  useEffect(() => {
    if (record && opened) document.getElementById(opened)?.scrollIntoView({ block: 'center' })
  }, [record === undefined, opened])
  if (!record) {
    return failure ? <Failed message={failure} onRetry={refresh} /> : <p class="loading">Reading the workspace …</p>
  }
  const { stand, runs, reports } = record
  const owner = stand.runningSince
  return (
    <div class="runs">
      <div class="runs-head">
        <h1>Runs</h1>
        <p class="fine runs-workspace">{stand.workspace}</p>
      </div>
      {!live.connected && <p class="runs-note">The studio’s server does not answer; trying again …</p>}
      {stand.lent !== null && <p class="runs-note">{stand.lent}; searches wait until it ends.</p>}
      {owner && live.run?.exitCode === null && (
        <LivePanel run={live.run} by={owner.here ? 'this studio' : `process ${owner.pid} on ${owner.host}`} />
      )}
      <StageCards stand={stand} />
      <div class="runs-columns">
        <RunHistory runs={runs} opened={opened} />
        <Reports reports={reports} />
      </div>
    </div>
  )
}

function Reports({ reports }: { reports: ReportList['reports'] }): JSX.Element {
  return (
    <section aria-labelledby="reports-title">
      <h2 id="reports-title">Reports</h2>
      {reports.length === 0 && <p class="fine">The benchmark stage writes them; it has not run yet.</p>}
      <ul class="report-list">
        {reports.map(({ name, bytes, modified }) => (
          <li key={name}>
            <a href={reportOf(name)} target="_blank" rel="noopener">
              {name === 'latest.html' ? 'The latest report' : name.replace(/\.html$/, '')}
              <Icon name="open" size={14} />
            </a>
            <span class="fine">
              <time dateTime={modified}>{momentOf(modified)}</time> · {bytesOf(bytes)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What is on record; read anew when a stage or a run has turned, and every half minute. */
function useRecord() {
  const [record, setRecord] = useState<OnRecord>()
  const [failure, setFailure] = useState<string>()
  const refresh = useCallback(() => {
    Promise.all([readPipeline(), readRuns(), readReports()]).then(
      ([stand, runs, reports]) => {
        setRecord({ stand, runs, reports })
        setFailure(undefined)
      },
      (error: Error) => setFailure(error.message),
    )
  }, [])
  useEffect(() => {
    refresh()
    const timer = setInterval(refresh, 30_000)
    return () => clearInterval(timer)
  }, [refresh])
  return { record, failure, refresh }
}
