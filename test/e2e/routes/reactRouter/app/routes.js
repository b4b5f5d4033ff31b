import { route } from "@react-router/dev/routes";

export default [
  route("talk/:topic", "routes/talk.jsx"),
  route("api/chat/:id", "routes/chat.js"),
  route("api/teams/:team/ask", "routes/team.js"),
];
