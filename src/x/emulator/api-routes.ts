import { authorizeAnswer, authorizeQuestion } from './oauth2/authorize-page.ts';
import { appToken, revokeToken, userToken } from './oauth2/token-endpoints.ts';
import type { OpenRoute, Route } from './route.ts';
import { allDmEvents, conversationDmEvents, participantDmEvents } from './routes/dm-events.ts';
import { sendToConversation, sendToParticipant } from './routes/dm-send.ts';
import { userMentions } from './routes/mentions.ts';
import { createPost } from './routes/posts.ts';
import { me, userById, userByName } from './routes/users.ts';

/** The API. Of two routes that fit a path the first wins: fixed words stand before `:parts`. */
export const API_ROUTES: readonly Route[] = [
  sendToParticipant,
  sendToConversation,
  allDmEvents,
  participantDmEvents,
  conversationDmEvents,
  me,
  userByName,
  userById,
  userMentions,
  createPost,
];

/** The sign-in, whose endpoints check by themselves who asks. */
export const OPEN_ROUTES: readonly OpenRoute[] = [authorizeQuestion, authorizeAnswer, userToken, revokeToken, appToken];
