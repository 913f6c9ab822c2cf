using Microsoft.Playwright;

namespace LakeAspire.Portal.Tests.Browsing;

internal static class Drawn
{
    /// <summary>How many pixels of a canvas something was drawn on, once its animation is over.</summary>
    public static Task<int> PixelsAsync(ILocator canvas) => canvas.EvaluateAsync<int>(
        """
        async (canvas) => {
          await new Promise((resolve) => setTimeout(resolve, 400));
          const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
          let drawn = 0;
          for (let i = 3; i < pixels.length; i += 4) {
            drawn += pixels[i] > 0 ? 1 : 0;
          }
          return drawn;
        }
        """);
}
