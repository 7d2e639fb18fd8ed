import type { Answer } from '@promptloom/search/answer'
import type { JSX } from 'preact'
import { thumbnailOf } from '../api/search.ts'
import { addressOf } from '../question/link.ts'
import { rowAddress } from '../row/row-address.ts'
import { asked, askFor } from './asked.ts'
import { collection } from './collection-facts.ts'

/** Says why nothing was found, and what can be done about it. */
export function EmptyAnswer({ answer }: { answer: Answer }): JSX.Element {
  return answer.verdict === 'nothing_similar' ? <NothingSimilar answer={answer} /> : <NothingMatches answer={answer} />
}

function NothingSimilar({ answer }: { answer: Answer }): JSX.Element {
  const { closest, cutoff } = answer
  const share = (rate: number) => `${(rate * 100).toFixed(1)} %`
  return (
    <section class="empty" aria-labelledby="empty-heading">
      <Thread />
      <h1 id="empty-heading">Nothing similar enough</h1>
      <p>{answer.note}</p>
      {closest && cutoff.score !== null && (
        <a class="closest" href={rowAddress(closest.id, asked.value)}>
          <img src={thumbnailOf(closest.id, 256)} alt="" />
          <span>
            <span class="fine">The nearest row, left out</span>
            <span class="closest-prompt">{closest.prompt}</span>
            <Scale score={closest.score} cutoff={cutoff.score} />
          </span>
        </a>
      )}
      <div class="actions">
        <button type="button" class="button" onClick={() => askFor({ ...asked.value, cutoff: false })}>
          Show the nearest anyway
        </button>
        {!asked.value.hybrid && collection.value?.keywords !== false && (
          <button type="button" class="button" onClick={() => askFor({ ...asked.value, hybrid: true })}>
            Look for the very words too
          </button>
        )}
      </div>
      <p class="fine">
        The cut-off was measured on this collection: below it, a hit is no nearer than chance would bring.
        {cutoff.falseAcceptRate !== null && ` ${share(cutoff.falseAcceptRate)} of unrelated questions still get a hit;`}
        {cutoff.missRate !== null && ` ${share(cutoff.missRate)} of right rows are lost to it.`}
      </p>
    </section>
  )
}

/** How far below the cut-off a score lies. */
function Scale({ score, cutoff }: { score: number; cutoff: number }): JSX.Element {
  const most = Math.max(cutoff * 1.4, 1)
  const at = (value: number) => `${Math.min(100, Math.max(0, (value / most) * 100))}%`
  return (
    <span class="scale">
      <span class="scale-bar" aria-hidden="true">
        <span class="scale-score" style={{ width: at(score) }} />
        <span class="scale-cutoff" style={{ left: at(cutoff) }} />
      </span>
      <span class="fine">
        {score.toFixed(1)} σ, the cut-off is {cutoff.toFixed(1)} σ
      </span>
    </span>
  )
}

function NothingMatches({ answer }: { answer: Answer }): JSX.Element {
  const { filters, phrases } = asked.value
  const filtered = Object.keys(filters).length > 0
  return (
    <section class="empty" aria-labelledby="empty-heading">
      <Thread />
      <h1 id="empty-heading">No row matches</h1>
      <p>{answer.note}</p>
      <div class="actions">
        {filtered && (
          <a class="button" href={addressOf({ ...asked.value, filters: {} })}>
            Remove the filters
          </a>
        )}
        {phrases.length > 0 && (
          <a class="button" href={addressOf({ ...asked.value, phrases: [] })}>
            Remove the phrases
          </a>
        )}
      </div>
    </section>
  )
}

/** A thread that found nothing to hold on to. */
function Thread(): JSX.Element {
  return (
    <svg class="thread" viewBox="0 0 220 70" aria-hidden="true" focusable="false">
      <path d="M4 46c28-34 48 22 74-4s30-30 44-8-20 26-10 8 40-30 54-6 26 18 50-14" />
    </svg>
  )
}
