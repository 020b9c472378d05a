/** How long what is typed may be, in characters, and how large: as the API takes it (a test compares them). */
export const LIMITS = {
  amount: 1_000_000,
  batchName: 200,
  email: 254,
  months: 36,
  name: 120,
  note: 500,
  noteOfWebhook: 200,
  password: 1024,
  reason: 500,
  reference: 200,
  search: 200,
  url: 2048,
} as const;
