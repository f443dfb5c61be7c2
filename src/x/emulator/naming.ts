/** X is renaming tweets to posts, field by field: what the sandbox writes in answers. It always reads both. */
export type Naming = 'tweet' | 'post';
