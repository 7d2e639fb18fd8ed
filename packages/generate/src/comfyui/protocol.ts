import { z } from 'zod'

/** What `POST /prompt` answers. */
export const queuedSchema = z.object({
  prompt_id: z.string(),
  node_errors: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]).optional(),
})

const imageSchema = z.object({ filename: z.string(), subfolder: z.string().optional(), type: z.string().optional() })

/** A picture that a job left on the server. */
export type RemoteImage = z.infer<typeof imageSchema>

const outputSchema = z.object({ images: z.array(imageSchema).optional() })

/** What `GET /history/<id>` answers: empty until the job has ended. */
export const historySchema = z.record(
  z.string(),
  z.object({
    outputs: z.record(z.string(), outputSchema.catch({})),
    status: z
      .object({
        status_str: z.string(),
        completed: z.boolean().optional(),
        messages: z.array(z.tuple([z.string(), z.unknown()])).optional(),
      })
      .optional(),
  }),
)

/** A job that has ended. */
export type Ended = z.infer<typeof historySchema>[string]

const jobSchema = z.tuple([z.number(), z.string()]).rest(z.unknown())

/** What `GET /queue` answers. */
export const queueSchema = z.object({ queue_running: z.array(jobSchema), queue_pending: z.array(jobSchema) })

/** Events of the WebSocket that are listened to. */
export const eventSchema = z.object({
  type: z.string(),
  data: z
    .object({
      prompt_id: z.string().nullish(),
      node: z.string().nullish(),
      value: z.number().optional(),
      max: z.number().optional(),
    })
    .catch({}),
})

const problemSchema = z.object({
  message: z.string().catch(''),
  details: z.string().catch(''),
})

const nodeErrorsSchema = z.record(
  z.string(),
  z.object({ class_type: z.string().catch('node'), errors: z.array(problemSchema).catch([]) }),
)

/** What is wrong with each node of a workflow, as ComfyUI's validation says it, e.g. `KSampler 3: Value not in list: …`. */
export function nodeProblems(nodeErrors: unknown): string[] {
  const parsed = nodeErrorsSchema.safeParse(nodeErrors)
  if (!parsed.success) return []
  return Object.entries(parsed.data).flatMap(([id, { class_type, errors }]) =>
    errors.map(({ message, details }) => `${class_type} ${id}: ${[message, details].filter(Boolean).join(': ')}`),
  )
}

const refusalSchema = z.object({
  error: z.union([z.string(), problemSchema]).optional(),
  node_errors: z.unknown().optional(),
})

/** Why the server turned a workflow down, in its own words. */
export function errorReason(body: unknown): string | undefined {
  const parsed = refusalSchema.safeParse(body)
  if (!parsed.success) return undefined
  const { error } = parsed.data
  const general = typeof error === 'string' ? error : [error?.message, error?.details].filter(Boolean).join(': ')
  return [general, ...nodeProblems(parsed.data.node_errors)].filter(Boolean).join('; ') || undefined
}

const failureSchema = z.object({
  node_type: z.string().catch('node'),
  node_id: z.union([z.string(), z.number()]).catch('?'),
  exception_message: z.string().catch('it failed'),
})

/** Why a job ended without success; null where it succeeded. */
export function failureOf(ended: Ended): string | null {
  const { status } = ended
  if (status === undefined || status.status_str === 'success') return null
  const messages = new Map(status.messages ?? [])
  if (messages.has('execution_interrupted')) return 'somebody interrupted it there'
  const { node_type, node_id, exception_message } = failureSchema
    .catch({
      node_type: 'node',
      node_id: '?',
      exception_message: 'it failed',
    })
    .parse(messages.get('execution_error'))
  return `${node_type} ${node_id}: ${exception_message.trim()}`
}
