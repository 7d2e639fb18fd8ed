import type { JSX } from 'preact'
import type { PipelineStand, StageStand } from '../api/run.ts'
import { bytesOf, countOf, rateOf, spanOf } from '../interface/amounts.ts'
import { OutcomeBar } from './outcome-bar.tsx'

/** Every stage with its ledger. */
export function StageCards({ stand }: { stand: PipelineStand }): JSX.Element {
  return (
    <section aria-labelledby="stages-title">
      <div class="section-head">
        <h2 id="stages-title">Stages</h2>
        <p class="fine">
          {stand.balanced
            ? 'The ledger balances: every row has one outcome.'
            : 'The ledger does not balance; the next run does those shards again.'}
        </p>
      </div>
      <ol class="stage-cards">
        {stand.stages.map((stage) => (
          <StageCard key={stage.name} stage={stage} />
        ))}
      </ol>
    </section>
  )
}

function StageCard({ stage }: { stage: StageStand }): JSX.Element {
  const { name, shards, rows, outcomes, kinds, seconds, rate, bytes, balanced } = stage
  const complete = shards.total > 0 && shards.done === shards.total
  return (
    <li class="stage-card">
      <div class="stage-head">
        <h3>{name}</h3>
        <span class={complete ? 'state state-good' : 'state'}>
          {shards.total === 0 ? 'not planned yet' : complete ? 'up to date' : 'work left'}
        </span>
      </div>
      {shards.total === 0 ? (
        <p class="fine">The next run looks for work.</p>
      ) : (
        <>
          <p class="stage-rows">
            <b>{countOf(rows)}</b> rows <span class="fine">in</span> {countOf(shards.done)}
            {complete ? '' : ` of ${countOf(shards.total)}`}{' '}
            <span class="fine">{shards.total === 1 ? 'shard' : 'shards'}</span>
          </p>
          {!complete && (
            <progress value={shards.done} max={shards.total} aria-label={`${name}: shards that are done`} />
          )}
          {!balanced && <p class="stage-bad">Its outcomes do not add up to its rows.</p>}
          <OutcomeBar outcomes={outcomes} kinds={kinds} />
          <p class="fine">
            {spanOf(seconds)} of work{rate > 0 && ` · ${rateOf(rate)}`}
            {bytes > 0 && ` · ${bytesOf(bytes)}`}
          </p>
        </>
      )}
    </li>
  )
}
