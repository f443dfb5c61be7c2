import { authorizeAnswer, authorizeQuestion } from './oauth2/authorize-page.ts';
import { appToken, revokeToken, userToken } from './oauth2/token-endpoints.ts';
import type { OpenRoute, Route } from './route.ts';
import { activityStream, changeSubscription, createSubscription, deleteSubscription, listSubscriptions } from './routes/activity.ts';
import { killConnections, openConnections } from './routes/connections.ts';
import { allDmEvents, conversationDmEvents, participantDmEvents } from './routes/dm-events.ts';
import { sendToConversation, sendToParticipant } from './routes/dm-send.ts';
import { userMentions } from './routes/mentions.ts';
import { createPost } from './routes/posts.ts';
import { changeStreamRules, searchStream, streamRules } from './routes/stream.ts';
import { me, userById, userByName } from './routes/users.ts';
import { checkWebhook, createWebhook, deleteWebhook, listWebhooks } from './routes/webhooks.ts';

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
  searchStream,
  streamRules,
  changeStreamRules,
  openConnections,
  killConnections,
  createWebhook,
  listWebhooks,
  checkWebhook,
  deleteWebhook,
  createSubscription,
  listSubscriptions,
  changeSubscription,
  deleteSubscription,
  activityStream,
];

/** The sign-in, whose endpoints check by themselves who asks. */
export const OPEN_ROUTES: readonly OpenRoute[] = [authorizeQuestion, authorizeAnswer, userToken, revokeToken, appToken];
