import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Job, JobPicture } from '../api/job.ts'
import { jobPictureOf } from '../api/loop.ts'
import { Failed } from '../interface/failed.tsx'
import { Icon } from '../interface/icon.tsx'
import { outcomeName } from '../interface/outcome-name.ts'
import { NOTHING } from '../question/query.ts'
import { rowAddress } from '../row/row-address.ts'
import { isTaken, type Kept, keepPictures, keptPictures, pictureName, refreshHistory } from './history.ts'
import { JobStatus } from './job-status.tsx'
import { useJob } from './use-job.ts'

/** The pictures of a paint job, as they come. */
export function Painted({ id }: { id: string }): JSX.Element {
  const turn = useSignal(0)
  const { job, failure } = useJob(id, turn.value)
  const ended = job?.ended ?? null
  useEffect(() => {
    if (ended) void refreshHistory()
  }, [ended])
  if (failure) return <Failed message={failure.message} onRetry={() => turn.value++} />
  if (!job) return <p class="fine">Looking for the pictures …</p>
  const wanted = ended === null ? Number(job.request.count ?? 1) : 0
  const missing = Math.max(0, wanted - job.pictures.length)
  const open = job.pictures.filter(({ position }) => !keptPictures.value.has(pictureName(id, position)))
  return (
    <section class="painted" aria-label="Painted pictures">
      <p class="painted-prompt">{String(job.request.prompt)}</p>
      <p class="painted-facts">
        <span class="fine">painted by {job.maker?.label ?? 'the painter'}</span>
        {job.maker?.standIn && <span class="stand-in">stand-in</span>}
        {open.length > 1 && ended !== null && (
          <button
            type="button"
            class="quiet"
            onClick={() =>
              void keepPictures(
                id,
                open.map(({ position }) => position),
              )
            }
          >
            <Icon name="keep" size={16} /> Keep all {open.length}
          </button>
        )}
      </p>
      <JobStatus job={job} onAgain={() => turn.value++} />
      <ul aria-busy={ended === null}>
        {job.pictures.map((picture) => (
          <li key={picture.position}>
            <PaintedPicture job={job} picture={picture} />
          </li>
        ))}
        {Array.from({ length: missing }, (_, index) => (
          <li key={`waiting ${index}`} class="picture-waiting" style={shapeOf(job)} />
        ))}
      </ul>
    </section>
  )
}

function shapeOf({ request }: Job): { aspectRatio: string } {
  return { aspectRatio: `${Number(request.width ?? 1)} / ${Number(request.height ?? 1)}` }
}

function PaintedPicture({ job, picture }: { job: Job; picture: JobPicture }): JSX.Element {
  const { position, width, height, prompt, seed } = picture
  const kept = keptPictures.value.get(pictureName(job.id, position))
  const address = jobPictureOf(job.id, position)
  return (
    <figure>
      <a href={address} target="_blank" rel="noreferrer">
        <img src={address} alt={prompt.slice(0, 200)} width={width} height={height} />
      </a>
      {job.maker?.standIn && <span class="stand-in tile-stand-in">stand-in</span>}
      <figcaption>
        <span class="fine">{seed === null ? `${width} × ${height}` : `seed ${seed}`}</span>
        <KeepState kept={kept} onKeep={() => void keepPictures(job.id, [position])} />
      </figcaption>
    </figure>
  )
}

/** What became of a picture, or the button that keeps it. */
function KeepState({ kept, onKeep }: { kept: Kept | undefined; onKeep: () => void }): JSX.Element {
  if (kept?.state === 'kept' && !isTaken(kept.outcome)) {
    return <span class="fine">Not kept: {outcomeName(kept.outcome)}</span>
  }
  if (kept?.state === 'kept' && !kept.searchable) {
    return (
      <span class="fine" title="It joins the search with the next run.">
        <Icon name="check" size={16} /> In the inbox
      </span>
    )
  }
  if (kept?.state === 'kept') {
    return (
      <a class="button" href={rowAddress(kept.id, NOTHING)}>
        <Icon name="check" size={16} /> {kept.outcome === 'duplicate' ? 'Was there already' : 'In the collection'}
      </a>
    )
  }
  return (
    <button type="button" class="button" disabled={kept !== undefined} onClick={onKeep}>
      <Icon name="keep" size={16} /> {kept ? 'Keeping …' : 'Keep'}
    </button>
  )
}
