import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Job, Variant } from '../api/job.ts'
import { thumbnailOf } from '../api/search.ts'
import { copyText } from '../interface/clipboard.ts'
import { Failed } from '../interface/failed.tsx'
import { Icon } from '../interface/icon.tsx'
import { NOTHING } from '../question/query.ts'
import { rowAddress } from '../row/row-address.ts'
import { draft } from './draft.ts'
import { JobStatus } from './job-status.tsx'
import { paint } from './painting.ts'
import { useJob } from './use-job.ts'
import { wordDiff } from './word-diff.ts'

/** The improved prompts of a job, side by side as they come. */
export function Variants({ id }: { id: string }): JSX.Element {
  const turn = useSignal(0)
  const { job, failure } = useJob(id, turn.value)
  const asked = job ? String(job.request.prompt) : ''
  useEffect(() => {
    // After a reload the address alone knows what was asked.
    if (asked && draft.peek() === '') draft.value = asked
  }, [asked])
  if (failure) return <Failed message={failure.message} onRetry={() => turn.value++} />
  if (!job) return <p class="fine">Looking for the variants …</p>
  const running = job.ended === null
  const places = Math.max(job.variants.length, running ? Number(job.request.variants ?? 3) : 0)
  return (
    <section class="variants" aria-labelledby="variants-heading">
      <h2 id="variants-heading">
        Variants <span class="fine">by {job.maker?.label ?? 'the refiner'}</span>
        {job.maker?.standIn && <span class="stand-in">stand-in</span>}
      </h2>
      <JobStatus job={job} onAgain={() => turn.value++} />
      {!running && job.variants.length === 0 && job.state === 'done' && (
        <p class="fine">The refiner found nothing to improve; pick other neighbours, or write more.</p>
      )}
      <ol aria-busy={running}>
        {Array.from({ length: places }, (_, position) => {
          const variant = job.variants[position]
          return (
            <li key={position} class="variant">
              {variant ? (
                <VariantCard job={job} position={position} variant={variant} asked={asked} />
              ) : (
                <span class="variant-waiting" />
              )}
            </li>
          )
        })}
      </ol>
    </section>
  )
}

interface VariantCardProps {
  readonly job: Job
  readonly position: number
  readonly variant: Variant
  readonly asked: string
}

function VariantCard({ job, position, variant, asked }: VariantCardProps): JSX.Element {
  return (
    <>
      <p class="variant-prompt">
        {wordDiff(asked, variant.prompt).map(({ kind, text }, index) => {
          if (kind === 'added') return <ins key={index}>{text}</ins>
          return kind === 'removed' ? <del key={index}>{text}</del> : <span key={index}>{text}</span>
        })}
      </p>
      <p class="fine">{variant.reason}</p>
      <Sources job={job} ids={variant.neighbours} />
      <div class="actions">
        <button
          type="button"
          class="button button-main"
          onClick={() => void paint({ prompt: variant.prompt, refined: { job: job.id, variant: position } })}
        >
          <Icon name="brush" size={18} /> Paint
        </button>
        <button
          type="button"
          class="button"
          onClick={() => {
            draft.value = variant.prompt
            document.getElementById('prompt')?.focus()
          }}
        >
          Edit
        </button>
        <button
          type="button"
          class="quiet"
          aria-label="Copy prompt"
          title="Copy prompt"
          onClick={() => void copyText(variant.prompt)}
        >
          <Icon name="copy" size={18} />
        </button>
      </div>
    </>
  )
}

/** The rows whose ideas a variant uses. */
function Sources({ job, ids }: { job: Job; ids: readonly string[] }): JSX.Element | null {
  if (ids.length === 0) return null
  return (
    <ul class="sources" aria-label="Draws on">
      {ids.slice(0, 8).map((id) => {
        const prompt = job.neighbours.find((neighbour) => neighbour.id === id)?.prompt ?? ''
        return (
          <li key={id}>
            <a href={rowAddress(id, NOTHING)} title={prompt}>
              <img src={thumbnailOf(id, 128)} alt={prompt.slice(0, 120) || 'A neighbour'} />
            </a>
          </li>
        )
      })}
    </ul>
  )
}
