import type { JSX } from 'preact'
import type { Run } from '../api/run.ts'
import { countedOf, countOf, momentOf, spanOf } from '../interface/amounts.ts'

const SAID: Readonly<Record<Run['state'], string>> = {
  running: 'going on',
  done: 'done',
  failed: 'failed',
  interrupted: 'interrupted; the next run goes on',
  killed: 'cut off; the next run goes on',
}

interface RunListProps {
  readonly runs: readonly Run[]
  /** The run that the address names; it is open. */
  readonly opened: string | undefined
}

/** The runs on record, newest first; each opens to what its stages did. */
export function RunHistory({ runs, opened }: RunListProps): JSX.Element {
  return (
    <section aria-labelledby="history-title">
      <h2 id="history-title">Runs</h2>
      {runs.length === 0 && <p class="fine">Nothing has run here yet.</p>}
      <ul class="run-list">
        {runs.map((run) => (
          <li key={run.run} id={run.run}>
            <details open={run.run === opened}>
              <summary>
                <span class={`run-state run-${run.state}`} aria-hidden="true" />
                <span class="run-when">
                  <time dateTime={run.started}>{momentOf(run.started)}</time>
                </span>
                <span>{SAID[run.state]}</span>
                <span class="fine run-sum">{sumOf(run)}</span>
              </summary>
              <RunDetails run={run} />
            </details>
          </li>
        ))}
      </ul>
    </section>
  )
}

function RunDetails({ run }: { run: Run }): JSX.Element {
  return (
    <div class="run-details">
      {run.error !== null && <p class="stage-bad">{run.error}</p>}
      {run.stages.length > 0 && (
        <div class="table-scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Stage</th>
                <th scope="col">Ran</th>
                <th scope="col">Skipped</th>
                <th scope="col">Rows</th>
                <th scope="col">Time</th>
                <th scope="col">Memory</th>
              </tr>
            </thead>
            <tbody>
              {run.stages.map((stage) => (
                <tr key={stage.stage}>
                  <th scope="row">{stage.stage}</th>
                  <td>{countOf(stage.ran)}</td>
                  <td>{countOf(stage.skipped)}</td>
                  <td>{countOf(stage.rows)}</td>
                  <td>{spanOf(stage.seconds)}</td>
                  <td>{countOf(stage.peakBytes / 1e6)} MB</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {run.stages.flatMap(({ stage, failures }) =>
        failures.map(({ shard, message }) => (
          <p key={`${stage}/${shard}`} class="stage-bad">
            <b>
              {stage}/{shard}
            </b>{' '}
            {message}
          </p>
        )),
      )}
      <p class="fine">
        <a href={`/runs/${run.run}`}>Link to this run</a> · {run.run}
      </p>
    </div>
  )
}

function sumOf({ stages, seconds }: Run): string {
  const shards = stages.reduce((sum, { ran }) => sum + ran, 0)
  const parts = [shards > 0 ? countedOf(shards, 'shard') : 'nothing to do']
  if (seconds !== null) parts.push(spanOf(seconds))
  return parts.join(' · ')
}
