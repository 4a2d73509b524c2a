/** What attributes and choices may be: JSON, and the numbers JSON leaves out. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
