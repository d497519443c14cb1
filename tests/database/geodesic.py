"""Distances on WGS 84 by Vincenty (Survey Review XXIII, 176, 1975): the measure our own are held against."""

import math

AXIS = 6_378_137.0
FLATTENING = 1 / 298.257223563


def vincenty_metres(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    if (lon1, lat1) == (lon2, lat2):
        return 0.0
    axis_b = AXIS * (1 - FLATTENING)
    u1 = math.atan((1 - FLATTENING) * math.tan(math.radians(lat1)))
    u2 = math.atan((1 - FLATTENING) * math.tan(math.radians(lat2)))
    difference = math.radians(lon2 - lon1)
    lam = difference
    for _ in range(100):
        a = math.cos(u2) * math.sin(lam)
        b = math.cos(u1) * math.sin(u2) - math.sin(u1) * math.cos(u2) * math.cos(lam)
        sin_sigma = math.hypot(a, b)
        cos_sigma = math.sin(u1) * math.sin(u2) + math.cos(u1) * math.cos(u2) * math.cos(lam)
        sigma = math.atan2(sin_sigma, cos_sigma)
        sin_alpha = math.cos(u1) * math.cos(u2) * math.sin(lam) / sin_sigma
        cos2_alpha = 1 - sin_alpha**2
        cos_2sm = cos_sigma - 2 * math.sin(u1) * math.sin(u2) / cos2_alpha if cos2_alpha else 0.0
        c = FLATTENING / 16 * cos2_alpha * (4 + FLATTENING * (4 - 3 * cos2_alpha))
        before = lam
        turn = sigma + c * sin_sigma * (cos_2sm + c * cos_sigma * (2 * cos_2sm**2 - 1))
        lam = difference + (1 - c) * FLATTENING * sin_alpha * turn
        if abs(lam - before) < 1e-13:
            break
    u_sq = cos2_alpha * (AXIS**2 - axis_b**2) / axis_b**2
    big_a = 1 + u_sq / 16_384 * (4096 + u_sq * (-768 + u_sq * (320 - 175 * u_sq)))
    big_b = u_sq / 1024 * (256 + u_sq * (-128 + u_sq * (74 - 47 * u_sq)))
    inner = cos_sigma * (2 * cos_2sm**2 - 1) - big_b / 6 * cos_2sm * (4 * sin_sigma**2 - 3) * (4 * cos_2sm**2 - 3)
    return axis_b * big_a * (sigma - big_b * sin_sigma * (cos_2sm + big_b / 4 * inner))
