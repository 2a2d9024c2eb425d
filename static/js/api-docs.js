// The pages that draw the API's schema. Nothing here is fetched from elsewhere.
(() => {
  const swagger = document.getElementById("swagger"), redoc = document.getElementById("redoc");

  if (swagger) {
    const root = document.documentElement, system = matchMedia("(prefers-color-scheme: dark)");
    const darken = () => root.classList.toggle("dark-mode", (root.dataset.theme || (system.matches ? "dark" : "light")) === "dark");
    system.addEventListener("change", darken);
    darken();
    SwaggerUIBundle({
      url: swagger.dataset.schema,
      domNode: swagger,
      deepLinking: true,
      docExpansion: "none",
      validatorUrl: null,
      // Whoever is signed in here tries it out as themselves; a key, when one is given, takes the place of that.
      requestInterceptor: (request) => {
        if (request.method && request.method !== "GET") request.headers[swagger.dataset.csrfHeader] = swagger.dataset.csrf;
        return request;
      },
    });
  }

  if (redoc) {
    // Redoc has a picture from elsewhere in its foot: without one it leaves the place out.
    const src = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src");
    const isOurs = (url) => new URL(url, location).origin === location.origin;
    Object.defineProperty(HTMLImageElement.prototype, "src", { ...src, set(url) { src.set.call(this, isOurs(url) ? url : "data:,"); } });
    Redoc.init(redoc.dataset.schema, { scrollYOffset: ".bar", hideDownloadButtons: true }, redoc);
  }
})();
