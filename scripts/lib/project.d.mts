export const projectDirectory: string;
