// Starts the design system's components. Every page works without it.
const here = document.querySelector("script[data-design-system]");
const { initAll } = await import(here.dataset.designSystem);
initAll();
