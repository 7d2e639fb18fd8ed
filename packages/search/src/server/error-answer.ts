import { z } from 'zod'

/** The body of every answer that is not a success. */
export const errorAnswerSchema = z
  .strictObject({
    error: z.strictObject({
      code: z
        .string()
        .describe('Stable name of the kind of error, e.g. `bad_question`, `picture_refused`, `not_found`.'),
      message: z.string().describe('One sentence: what, which value, what was expected, what to do.'),
    }),
  })
  .meta({ id: 'Error', description: 'The body of every answer that is not a success.' })
