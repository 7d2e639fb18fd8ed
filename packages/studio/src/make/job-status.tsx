import type { JSX } from 'preact'
import type { Job } from '../api/job.ts'
import { againJob, cancelJob } from '../api/loop.ts'
import { notifyFailure } from '../interface/notice.tsx'

interface JobStatusProps {
  readonly job: Job
  /** The job was tried again and should be followed anew. */
  readonly onAgain: () => void
}

/** How far a job is, with a way to stop it; once it has failed, why, with a way to try again. */
export function JobStatus({ job, onAgain }: JobStatusProps): JSX.Element | null {
  const { state, progress, error } = job
  if (state === 'done') return null
  if (state === 'queued' || state === 'running') return <Running job={job} />
  const again = () => againJob(job.id).then(onAgain, notifyFailure)
  return (
    <div class="job-ended" role="alert">
      <span>{state === 'cancelled' ? 'Cancelled. What was finished stays.' : (error?.message ?? progress.state)}</span>
      <button type="button" class="button" onClick={() => void again()}>
        {state === 'cancelled' ? 'Go on' : 'Try again'}
      </button>
    </div>
  )
}

function Running({ job: { id, progress, kind } }: { job: Job }): JSX.Element {
  const told = progress.fraction
  return (
    <div class="job-running">
      <progress
        aria-label={kind === 'paint' ? 'Painting' : 'Improving'}
        {...(told === null ? {} : { value: told })}
        max={1}
      />
      <span class="fine" role="status">
        {progress.state || 'waiting'}
        {told !== null && ` · ${Math.round(told * 100)} %`}
      </span>
      <button type="button" class="button" onClick={() => void cancelJob(id).catch(notifyFailure)}>
        Cancel
      </button>
    </div>
  )
}
