import type { JSX } from 'preact'
import type { Job } from '../api/job.ts'
import { jobPictureOf } from '../api/loop.ts'
import { countedOf, momentOf } from '../interface/amounts.ts'
import { type Bench, benchAddress } from './bench.ts'
import { history } from './history.ts'

const SHOWN = 12

/** What was made before, to be taken up again. */
export function Earlier({ bench }: { bench: Bench }): JSX.Element | null {
  const onBench = new Set([bench.refine, ...bench.paints])
  const earlier = history.value.filter(({ id, kind }) => kind !== 'keep' && !onBench.has(id)).slice(0, SHOWN)
  if (earlier.length === 0) return null
  return (
    <section class="earlier" aria-labelledby="earlier-heading">
      <h2 id="earlier-heading">Earlier</h2>
      <ul>
        {earlier.map((job) => (
          <li key={job.id}>
            <a href={addressOf(job)}>
              <span class="earlier-pictures">
                {job.pictures.slice(0, 4).map(({ position }) => (
                  <img
                    class="earlier-picture"
                    key={position}
                    src={jobPictureOf(job.id, position)}
                    alt=""
                    loading="lazy"
                  />
                ))}
              </span>
              <span class="earlier-text">
                <span class="earlier-prompt">{String(job.request.prompt ?? '')}</span>
                <span class="fine">{factsOf(job)}</span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}

function addressOf(job: Job): string {
  if (job.kind === 'refine') return benchAddress({ refine: job.id })
  const { job: refine } = (job.request.refined ?? {}) as { job?: string }
  return benchAddress({ refine, paints: [job.id] })
}

function factsOf({ kind, state, variants, pictures, created, maker }: Job): string {
  const made = kind === 'refine' ? countedOf(variants.length, 'variant') : countedOf(pictures.length, 'picture')
  return [made, state === 'done' ? '' : state, maker?.standIn ? 'stand-in' : '', momentOf(created)]
    .filter(Boolean)
    .join(' · ')
}
