import { reactRouter } from "@react-router/dev/vite";

// Its packages are in the folder above, where the development server would not look.
export default { plugins: [reactRouter()], server: { fs: { allow: [".."] } } };
