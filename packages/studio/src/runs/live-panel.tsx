import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { countedOf, countOf, rateOf, spanOf } from '../interface/amounts.ts'
import { finishedRows, type LiveRun, type LiveStage, paceOf, shareOf } from './live-run.ts'

interface LivePanelProps {
  readonly run: LiveRun
  /** Who runs, in words. */
  readonly by: string
}

/** A run that goes on: every stage as a step, and how far the one in work is. */
export function LivePanel({ run, by }: LivePanelProps): JSX.Element {
  const now = useClock()
  const current = run.stages.find(({ state }) => state === 'running')
  return (
    <section class="live" aria-labelledby="live-title">
      <h2 id="live-title">
        <span class="live-pulse" aria-hidden="true" /> A run is going on
      </h2>
      <p class="fine">
        For {spanOf(Math.max(0, (now - Date.parse(run.started)) / 1000))}, by {by}.
      </p>
      <ol class="steps">
        {run.stages.map((stage) => (
          <li key={stage.name} class={`step step-${stage.state}`} aria-current={stage === current ? 'step' : undefined}>
            <span class="step-name">{stage.name}</span>
            <span class="step-track">
              <span class="step-fill" style={{ transform: `scaleX(${shareOf(stage)})` }} />
            </span>
            <span class="fine">{stepText(stage)}</span>
          </li>
        ))}
      </ol>
      {current && <Current stage={current} now={now} />}
      {run.failures.length > 0 && (
        <ul class="live-failures" aria-label="What failed">
          {run.failures.map(({ stage, shard, error }) => (
            <li key={`${stage}/${shard}`}>
              <b>
                {stage}/{shard}
              </b>{' '}
              {error}
            </li>
          ))}
        </ul>
      )}
      {run.warnings.length > 0 && (
        <details class="live-warnings">
          <summary>{countedOf(run.warnings.length, 'warning')}</summary>
          <ul>
            {run.warnings.map((warning, at) => (
              <li key={`${at}-${warning}`}>{warning}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

function Current({ stage, now }: { stage: LiveStage; now: number }): JSX.Element {
  const pace = paceOf(stage, now)
  const share = shareOf(stage)
  return (
    <div class="current">
      <progress value={share} max={1} aria-label={`${stage.name}: share that is done`} />
      <p>
        <b>{stage.name}</b>
        {stage.rows.todo > 0 && ` · ${countOf(finishedRows(stage))} of ${countOf(stage.rows.todo)} rows`}
        {` · ${countOf(stage.shards.done)} of ${countedOf(stage.shards.todo, 'shard')}`}
        {pace && ` · ${rateOf(pace.rate)} · about ${spanOf(pace.left)} left`}
      </p>
    </div>
  )
}

function stepText({ state, seconds, shards }: LiveStage): string {
  if (state === 'waiting') return 'waits'
  if (state === 'running') return 'in work'
  if (state === 'failed') return 'failed'
  if (shards.todo === 0) return 'nothing to do'
  return `done in ${spanOf(seconds ?? 0)}`
}

/** The time, a second after the other. */
function useClock(): number {
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
