import type { Job, JobEvent } from './job.ts'

/** The job after an event; variants and pictures keep the places that their positions give them. */
export function after(job: Job, event: JobEvent): Job {
  switch (event.type) {
    case 'neighbours':
      return { ...job, state: 'running', neighbours: event.neighbours }
    case 'progress':
      return { ...job, state: 'running', progress: { fraction: event.fraction, state: event.state } }
    case 'variant':
      return { ...job, variants: placed(job.variants, event.position, event.variant) }
    case 'picture': {
      const others = job.pictures.filter(({ position }) => position !== event.picture.position)
      return { ...job, pictures: [...others, event.picture].sort((a, b) => a.position - b.position) }
    }
    case 'kept':
      return { ...job, kept: [...job.kept.filter(({ position }) => position !== event.kept.position), event.kept] }
    case 'again':
    case 'end':
      return event.job
  }
}

function placed<T>(list: readonly T[], position: number, value: T): T[] {
  const next = [...list]
  next[Math.min(position, next.length)] = value
  return next
}
